//! Work side by side: several threads take items one after another; the answers lie in the order of the items.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Before an item that was busy is tried again: short against the two seconds in which a run is to be taken over.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// What came of an item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Work<R> {
    /// It is done.
    Done(R),
    /// Somebody else is at it: others come first, then it is tried again.
    Busy,
}

/// An item that is to be done, and when it was last found busy.
struct Waiting {
    index: usize,
    tried: Option<Instant>,
}

/// Does `work` on every item, `jobs` at a time, as long as `goes_on` and nothing has failed; `work` is told whether it is
/// the first time that it sees the item.
///
/// What is under way when something fails is brought to its end. An item that nobody began has no answer.
///
/// # Errors
/// The failure of the first item, in their order, that has one.
pub(crate) fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    goes_on: impl Fn() -> bool + Sync,
    work: impl Fn(&T, bool) -> Result<Work<R>, Failure> + Sync,
) -> Result<Vec<Option<R>>, Failure> {
    let answers: Vec<Mutex<Option<Result<R, Failure>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let queue: VecDeque<Waiting> = (0..items.len()).map(|index| Waiting { index, tried: None }).collect();
    let (queue, has_failed) = (Mutex::new(queue), AtomicBool::new(false));
    let worker = || {
        while goes_on() && !has_failed.load(Ordering::SeqCst) {
            // A statement of its own: the queue is free while the item is worked on.
            let next = locked(&queue).pop_front();
            let Some(Waiting { index, tried }) = next else { return };
            if let Some(tried) = tried {
                std::thread::sleep(BETWEEN_TRIES.saturating_sub(tried.elapsed()));
            }
            let answer = match work(&items[index], tried.is_none()) {
                Ok(Work::Busy) => {
                    locked(&queue).push_back(Waiting { index, tried: Some(Instant::now()) });
                    continue;
                }
                Ok(Work::Done(answer)) => Ok(answer),
                Err(failure) => {
                    has_failed.store(true, Ordering::SeqCst);
                    Err(failure)
                }
            };
            *locked(&answers[index]) = Some(answer);
        }
    };
    if jobs.min(items.len()) <= 1 {
        worker();
    } else {
        std::thread::scope(|scope| (0..jobs.min(items.len())).for_each(|_| drop(scope.spawn(worker))));
    }
    answers.into_iter().map(|answer| answer.into_inner().expect("no worker panicked").transpose()).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn answers_lie_in_the_order_of_the_items_on_any_number_of_jobs() {
        let items: Vec<u64> = (0..20).collect();
        for jobs in [1, 2, 7, 50] {
            let answers = side_by_side(
                &items,
                jobs,
                || true,
                |&item, _| {
                    std::thread::sleep(Duration::from_millis(item % 3));
                    Ok(Work::Done(item * item))
                },
            );
            let expected: Vec<Option<u64>> = items.iter().map(|item| Some(item * item)).collect();
            assert_eq!(answers.unwrap(), expected, "{jobs} jobs");
        }
    }

    #[test]
    fn a_failure_ends_the_work_and_is_the_answer() {
        let begun = AtomicUsize::new(0);
        let failed = side_by_side(
            &(0..1000).collect::<Vec<_>>(),
            2,
            || true,
            |&item, _| {
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
                if item == 3 { Err(Failure::outside("three")) } else { Ok(Work::Done(item)) }
            },
        );
        assert!(failed.unwrap_err().to_text().contains("three"));
        assert!(begun.load(Ordering::SeqCst) < 20);
    }

    #[test]
    fn what_nobody_began_has_no_answer() {
        let begun = AtomicUsize::new(0);
        let goes_on = || begun.load(Ordering::SeqCst) < 2;
        let answers = side_by_side(&[1, 2, 3, 4], 1, goes_on, |&item, _| {
            begun.fetch_add(1, Ordering::SeqCst);
            Ok(Work::Done(item))
        });
        assert_eq!(answers.unwrap(), [Some(1), Some(2), None, None]);
    }

    #[test]
    fn what_is_busy_comes_last_and_is_tried_until_it_is_free() {
        for jobs in [1, 3] {
            let order = Mutex::new(Vec::new());
            let answers = side_by_side(
                &[1, 2, 3],
                jobs,
                || true,
                |&item, is_first| {
                    let mut order = locked(&order);
                    order.push(item);
                    let is_busy = item == 1 && order.iter().filter(|&&tried| tried == 1).count() < 3;
                    assert_eq!(is_first, order.iter().filter(|&&tried| tried == item).count() == 1);
                    Ok(if is_busy { Work::Busy } else { Work::Done(item) })
                },
            );
            assert_eq!(answers.unwrap(), [Some(1), Some(2), Some(3)]);
            let mut order = order.into_inner().unwrap();
            assert_eq!((order.len(), order.pop()), (5, Some(1)), "{jobs} jobs");
        }
    }
}

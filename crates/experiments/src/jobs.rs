//! Work side by side: several threads take items one after another; the answers lie in the order of the items.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::failure::Failure;

/// Does `work` on every item, `jobs` at a time, as long as `goes_on` and nothing has failed.
///
/// What is under way when something fails is brought to its end. An item that nobody began has no answer.
///
/// # Errors
/// The failure of the first item, in their order, that has one.
pub(crate) fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    goes_on: impl Fn() -> bool + Sync,
    work: impl Fn(&T) -> Result<R, Failure> + Sync,
) -> Result<Vec<Option<R>>, Failure> {
    let answers: Vec<Mutex<Option<Result<R, Failure>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let (next, has_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let worker = || {
        while goes_on() && !has_failed.load(Ordering::SeqCst) {
            let index = next.fetch_add(1, Ordering::SeqCst);
            let Some(item) = items.get(index) else { return };
            let answer = work(item);
            if answer.is_err() {
                has_failed.store(true, Ordering::SeqCst);
            }
            *answers[index].lock().expect("a worker holds it alone") = Some(answer);
        }
    };
    if jobs.min(items.len()) <= 1 {
        worker();
    } else {
        std::thread::scope(|scope| (0..jobs.min(items.len())).for_each(|_| drop(scope.spawn(worker))));
    }
    answers.into_iter().map(|answer| answer.into_inner().expect("no worker panicked").transpose()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn answers_lie_in_the_order_of_the_items_on_any_number_of_jobs() {
        let items: Vec<u64> = (0..20).collect();
        for jobs in [1, 2, 7, 50] {
            let answers = side_by_side(
                &items,
                jobs,
                || true,
                |&item| {
                    std::thread::sleep(Duration::from_millis(item % 3));
                    Ok(item * item)
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
            |&item| {
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
                if item == 3 { Err(Failure::outside("three")) } else { Ok(item) }
            },
        );
        assert!(failed.unwrap_err().to_text().contains("three"));
        assert!(begun.load(Ordering::SeqCst) < 20);
    }

    #[test]
    fn what_nobody_began_has_no_answer() {
        let begun = AtomicUsize::new(0);
        let goes_on = || begun.load(Ordering::SeqCst) < 2;
        let answers = side_by_side(&[1, 2, 3, 4], 1, goes_on, |&item| {
            begun.fetch_add(1, Ordering::SeqCst);
            Ok(item)
        });
        assert_eq!(answers.unwrap(), [Some(1), Some(2), None, None]);
    }
}

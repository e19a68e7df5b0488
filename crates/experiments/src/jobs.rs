//! Work side by side: several threads take items one after another; the results are in the order of the items.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::failure::Failure;

/// Pause before a busy item is tried again: a dead process's run must be taken over within two seconds.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Does `work` on every item, `jobs` at a time, while `continues` and no item has failed. The flag for `work` says whether it
/// sees the item for the first time. `None` from `work` means that the item is busy, because another process works on it: it
/// is tried again after the other items.
///
/// Items under way are finished even if another one fails. Items that were not started lack a result.
///
/// # Errors
/// The first failure, in the order of the items.
pub(crate) fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    continues: impl Fn() -> bool + Sync,
    work: impl Fn(&T, bool) -> Result<Option<R>, Failure> + Sync,
) -> Result<Vec<Option<R>>, Failure> {
    // Positions of the items to do, with the time when they were last found busy.
    let queue: Mutex<VecDeque<(usize, Option<Instant>)>> = Mutex::new((0..items.len()).map(|at| (at, None)).collect());
    let results: Mutex<BTreeMap<usize, Result<R, Failure>>> = Mutex::default();
    let worker = || {
        while continues() && results.lock().values().all(Result::is_ok) {
            // A separate statement, so that the queue is not locked during the work.
            let next = queue.lock().pop_front();
            let Some((at, tried)) = next else { return };
            if let Some(tried) = tried {
                std::thread::sleep(BETWEEN_TRIES.saturating_sub(tried.elapsed()));
            }
            let Some(result) = work(&items[at], tried.is_none()).transpose() else {
                queue.lock().push_back((at, Some(Instant::now())));
                continue;
            };
            results.lock().insert(at, result);
        }
    };
    if jobs.min(items.len()) <= 1 {
        worker();
    } else {
        std::thread::scope(|scope| (0..jobs.min(items.len())).for_each(|_| drop(scope.spawn(worker))));
    }
    let mut results = results.into_inner();
    (0..items.len()).map(|at| results.remove(&at).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items_for_any_number_of_jobs() {
        let items: Vec<u64> = (0..20).collect();
        for jobs in [1, 2, 7, 50] {
            let results = side_by_side(
                &items,
                jobs,
                || true,
                |&item, _| {
                    std::thread::sleep(Duration::from_millis(item % 3));
                    Ok(Some(item * item))
                },
            );
            let expected: Vec<Option<u64>> = items.iter().map(|item| Some(item * item)).collect();
            assert_eq!(results.unwrap(), expected, "{jobs} jobs");
        }
    }

    #[test]
    fn a_failure_ends_the_work_and_is_the_result() {
        let started = AtomicUsize::new(0);
        let failed = side_by_side(
            &(0..1000).collect::<Vec<_>>(),
            2,
            || true,
            |&item, _| {
                started.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
                if item == 3 { Err(Failure::outside("three")) } else { Ok(Some(item)) }
            },
        );
        assert!(failed.unwrap_err().to_text().contains("three"));
        assert!(started.load(Ordering::SeqCst) < 20);
    }

    #[test]
    fn an_item_that_was_not_started_has_no_result() {
        let started = AtomicUsize::new(0);
        let continues = || started.load(Ordering::SeqCst) < 2;
        let results = side_by_side(&[1, 2, 3, 4], 1, continues, |&item, _| {
            started.fetch_add(1, Ordering::SeqCst);
            Ok(Some(item))
        });
        assert_eq!(results.unwrap(), [Some(1), Some(2), None, None]);
    }

    #[test]
    fn a_busy_item_comes_last_and_is_tried_until_it_is_free() {
        for jobs in [1, 3] {
            let order = Mutex::new(Vec::new());
            let results = side_by_side(
                &[1, 2, 3],
                jobs,
                || true,
                |&item, is_first| {
                    let mut order = order.lock();
                    order.push(item);
                    let is_busy = item == 1 && order.iter().filter(|&&tried| tried == 1).count() < 3;
                    assert_eq!(is_first, order.iter().filter(|&&tried| tried == item).count() == 1);
                    Ok((!is_busy).then_some(item))
                },
            );
            assert_eq!(results.unwrap(), [Some(1), Some(2), Some(3)]);
            let mut order = order.into_inner();
            assert_eq!((order.len(), order.pop()), (5, Some(1)), "{jobs} jobs");
        }
    }
}

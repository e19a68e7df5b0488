//! Work on many records at once.

use std::panic::resume_unwind;
use std::thread;

/// Items that one thread works on faster than another is started.
const FEW: usize = 64;

/// The results of `work` on every item, in their order, computed on all processors that the process may use.
pub(super) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(threads).max(FEW);
    let do_share = |share: &[T]| share.iter().map(&work).collect::<Vec<R>>();
    let Some((first, rest)) = items.split_at_checked(share) else { return do_share(items) };
    thread::scope(|scope| {
        let others: Vec<_> = rest
            .chunks(share)
            // Where the system refuses a thread, this one does its share.
            .map(|items| (items, thread::Builder::new().spawn_scoped(scope, || do_share(items)).ok()))
            .collect();
        let mut results = do_share(first);
        for (items, other) in others {
            results.extend(match other {
                Some(other) => other.join().unwrap_or_else(|panic| resume_unwind(panic)),
                None => do_share(items),
            });
        }
        results
    })
}

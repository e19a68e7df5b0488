//! A thread that the system refuses, over which the libraries panic, with the dashboard on the screen: an error, not a bug.

use test_support::{Scale, row};

use crate::calls::can_trace;
use crate::common::{Scratch, Size};
use crate::process::{PATIENCE, until};
use crate::reference::SMALL;
use crate::terminal::Terminal;

const WHAT: &str = "the system refuses a thread, each in turn, with the dashboard on the screen or before it";
/// More threads than the program ever starts.
const MOST_THREADS: usize = 100;
/// The exit code of a failure outside the program.
const FAILURE: i32 = 1;

#[test]
fn torture_a_refused_thread_is_an_error_that_restores_the_terminal_and_leaves_the_last_checkpoint() {
    if !can_trace(WHAT) {
        return;
    }
    // The quick form includes some of the last threads, which start when the dashboard is on the screen.
    let stride = Scale::chosen().of(4, 1, 1);
    let (mut errors, mut with_dashboard) = (0, 0);
    for number in (1..MOST_THREADS).step_by(stride) {
        let scratch = Scratch::new();
        let refuse = format!("inject=clone3:error=EAGAIN:when={number}");
        let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &refuse];
        let terminal = Terminal::start_under(&scratch, &strace, &Size::SMALL.watched_arguments());
        until(PATIENCE, || terminal.code().is_some()).expect("it ends");
        assert_eq!(terminal.what_changed(), None, "thread {number}: {:?}", terminal.shown());
        let (code, shown) = (terminal.code(), terminal.shown());
        drop(terminal);
        SMALL.recover(&scratch).expect("the same bytes in the end");
        if code == Some(0) {
            let figure =
                format!("{errors} errors, {with_dashboard} with the dashboard; each left the terminal as it was");
            row(WHAT, format!("{figure} and is byte-identical in the end"));
            assert!(with_dashboard > 0, "no error came while the dashboard was on the screen");
            return;
        }
        assert_eq!(code, Some(FAILURE), "thread {number}: {shown:?}");
        assert!(shown.contains("error: ") && !shown.contains("panicked"), "thread {number}: {shown:?}");
        errors += 1;
        with_dashboard += usize::from(shown.contains("\x1b[?1049h"));
    }
    panic!("the program starts more than {MOST_THREADS} threads");
}

//! Runs that do little but wait, all at the same time.

use std::panic;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::{package, sdk, trace};

/// As many tests run at a time as there are processors, and each of these takes
/// a minute and a half of no processor. Whichever test comes first starts all.
static RUNS: LazyLock<[Run; 3]> = LazyLock::new(|| {
    [
        Run::start(package::from_nothing_to_a_wheel_that_runs),
        Run::start(sdk::a_run_of_95_seconds),
        Run::start(trace::a_run_of_95_seconds),
    ]
});

struct Run(Mutex<Option<JoinHandle<()>>>);

impl Run {
    fn start(run: fn()) -> Self {
        Run(Mutex::new(Some(thread::spawn(run))))
    }

    /// Waits for its end, and fails if it has failed.
    fn end(&self) {
        let handle = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Err(why) = handle.expect("each run has one test").join() {
            panic::resume_unwind(why);
        }
    }
}

#[test]
fn a_new_extension_is_tested_packed_installed_and_run() {
    RUNS[0].end();
}

#[test]
fn an_extension_of_the_python_sdk_makes_the_calls_that_were_recorded() {
    RUNS[1].end();
}

#[test]
fn our_port_of_it_makes_them_too() {
    RUNS[2].end();
}

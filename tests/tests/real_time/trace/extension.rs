//! The extension as a process.

use std::io::Read;
use std::process::{Child, Command, ExitCode, Stdio};

use super::peer::Eec;
use super::sample;

const CHILD: &str = "EXTYPED_CHILD";

/// What the recorded extension was started with.
const ID: &str = "f3a0c5d8-1111";
const CONFIGURATION_ID: &str = "5e0b7cf0-cfg";

/// Is the extension, if this process was started as that.
pub(crate) fn child() {
    if std::env::var_os(CHILD).is_some() {
        let ok = sample::run() == ExitCode::SUCCESS;
        std::process::exit(i32::from(!ok));
    }
}

pub(crate) struct Process(Child);

impl Process {
    /// Starts it as an EEC does. The arguments of the test runner are unknown
    /// to it, too.
    pub(crate) fn start(eec: &Eec, arguments: &[&str], unknown: &[&str]) -> Self {
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args(["trace::child", "--exact", "--nocapture", "--"])
            .args(unknown)
            .args(["--dsid", ID, "--url", &format!("http://{}", eec.authority)])
            .arg("--idtoken")
            .arg(&eec.token)
            .args(["--monitoring_config_id", CONFIGURATION_ID])
            .args(arguments)
            .env(CHILD, "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("this test runs again");
        Process(child)
    }

    pub(crate) fn signal(&mut self, name: &str) {
        let kill = Command::new("kill")
            .args(["-s", name, &self.0.id().to_string()])
            .status();
        assert!(kill.expect("every system has it").success());
    }

    /// Waits for its end: the exit code and what it logged.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        let mut stderr = self.0.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut log).expect("text");
        (self.0.wait().expect("it is ours").code(), log)
    }
}

// A test that fails leaves nothing behind.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

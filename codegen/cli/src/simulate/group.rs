//! Processes that belong together: what was started, and what that started.

#[cfg(unix)]
pub(super) use self::unix::{adopt, is_any, signal};

#[cfg(unix)]
mod unix {
    use rustix::io::Errno;
    use rustix::process::{
        Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpgid,
    };

    fn pid(id: u32) -> Option<Pid> {
        i32::try_from(id).ok().and_then(Pid::from_raw)
    }

    /// Signals all processes of a group; if there are none, nothing is done.
    pub(crate) fn signal(id: u32, signal: Signal) {
        if let Some(id) = pid(id) {
            let _ = kill_process_group(id, signal);
        }
    }

    /// From now on takes over what those leave that it started, where a system
    /// knows of that: elsewhere, and where this does not work, the first process
    /// of the system does, and may take its time to see that they have ended.
    pub(crate) fn adopt() {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    }

    /// Whether a group has a process, once the one it is named after has been
    /// waited for: how that ended would be lost otherwise.
    pub(crate) fn is_any(id: u32) -> bool {
        let Some(id) = pid(id) else {
            return false;
        };
        // One that has ended counts until somebody has seen it.
        while let Ok(Some(_)) | Err(Errno::INTR) = waitpgid(id, WaitOptions::NOHANG) {}
        test_kill_process_group(id).is_ok()
    }
}

/// Elsewhere a process is on its own.
#[cfg(not(unix))]
pub(super) fn adopt() {}

/// Elsewhere a process is on its own.
#[cfg(not(unix))]
pub(super) fn is_any(_id: u32) -> bool {
    false
}

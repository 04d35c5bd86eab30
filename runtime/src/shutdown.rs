//! When the process is asked to end.

/// Done when the process gets SIGINT or SIGTERM.
#[cfg(unix)]
pub(crate) async fn requested() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Done when the process gets Ctrl-C or is closed.
#[cfg(windows)]
pub(crate) async fn requested() -> std::io::Result<()> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

    let mut c = ctrl_c()?;
    let mut brk = ctrl_break()?;
    let mut close = ctrl_close()?;
    let mut shutdown = ctrl_shutdown()?;
    tokio::select! {
        _ = c.recv() => {}
        _ = brk.recv() => {}
        _ = close.recv() => {}
        _ = shutdown.recv() => {}
    }
    Ok(())
}

/// Done at the first signal; the second ends the process.
pub(crate) async fn signaled() {
    if let Err(error) = requested().await {
        tracing::error!("signals cannot be received, so only killing ends this process: {error}");
        std::future::pending::<()>().await;
    }
    tokio::spawn(async {
        if requested().await.is_ok() {
            tracing::warn!("asked a second time: ending at once, without sending what is left");
            std::process::exit(1);
        }
    });
}

//! The recording: one JSON object for each request.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::{Call, Request};

/// A request as it is recorded. Secrets are left out: the token, and the
/// activation that `userconfig` answers.
///
/// | field | meaning |
/// |---|---|
/// | `seq`, `t`, `ts` | number; seconds since the start; seconds since 1970 |
/// | `conn`, `req_on_conn` | connection; number of the request on it |
/// | `call`, `method`, `target`, `headers` | what was asked |
/// | `body`, `body_len` | the text, `null` if it is not UTF-8; its bytes |
/// | `resp_status`, `resp_body`, `resp_t` | the answer, `null` if there was none |
/// | `taken`, `faults` | whether it was taken; the injected faults it met |
pub(crate) fn entry(request: &Request, epoch_millis: i64) -> Value {
    let headers: Vec<Value> = request
        .headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            "authorization" => json!([name, "Api-Token ***"]),
            _ => json!([name, value]),
        })
        .collect();
    let answer = match request.call {
        Some(Call::UserConfig) => Value::Null,
        _ => text(&request.answer),
    };
    #[expect(clippy::cast_precision_loss, reason = "seconds, to the millisecond")]
    let epoch = epoch_millis as f64 / 1_000.0;
    json!({
        "seq": request.number,
        "t": rounded(request.at.as_secs_f64()),
        "ts": rounded(epoch + request.at.as_secs_f64()),
        "conn": request.connection,
        "req_on_conn": request.on_connection,
        "call": request.call.map(Call::name),
        "method": request.method,
        "target": request.target,
        "headers": headers,
        "body": text(&request.body),
        "body_len": request.body.len(),
        "resp_status": request.status,
        "resp_body": answer,
        "resp_t": request.answered_at.map(|at| rounded(at.as_secs_f64())),
        "taken": request.taken,
        "faults": request.faults,
    })
}

fn text(bytes: &[u8]) -> Value {
    std::str::from_utf8(bytes).map_or(Value::Null, Value::from)
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

/// Writes entries until it fails.
pub(crate) struct Recorder {
    out: Box<dyn Write + Send>,
    failed: Option<io::Error>,
}

impl Recorder {
    pub(crate) fn new(out: impl Write + Send + 'static) -> Self {
        Recorder {
            out: Box::new(out),
            failed: None,
        }
    }

    /// Writes one line, at once: who watches the file sees it.
    pub(crate) fn write(&mut self, entry: &Value) {
        if self.failed.is_some() {
            return;
        }
        let line = format!("{entry}\n");
        let written = self.out.write_all(line.as_bytes());
        self.failed = written.and_then(|()| self.out.flush()).err();
    }

    pub(crate) fn failed(&self) -> Option<String> {
        self.failed.as_ref().map(ToString::to_string)
    }
}

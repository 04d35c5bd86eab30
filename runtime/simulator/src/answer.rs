//! What the EEC answers.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::Response;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};

use crate::fault;

/// An answer before it is HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    media_type: &'static str,
    retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Answer {
            status,
            media_type: "application/json",
            retry_after: None,
            body: Bytes::from(body.to_string()),
        }
    }

    pub(crate) fn text(status: u16, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Answer {
            status,
            media_type,
            retry_after: None,
            body: body.into(),
        }
    }

    /// A refusal in the EEC's own form.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        let error = json!({"error": {"code": status, "message": message}});
        Answer::json(status, &error)
    }

    /// What an injected fault answers.
    pub(crate) fn fault(status: u16, retry_after: Option<Duration>, body: fault::Body) -> Self {
        let mut answer = match body {
            fault::Body::Json => Answer::error(status, "this answer was injected"),
            fault::Body::Html => Answer::text(
                status,
                "text/html",
                "<html><head><title>Please wait</title></head><body>Please wait</body></html>",
            ),
            fault::Body::Empty => Answer::text(status, "text/plain", ""),
        };
        answer.retry_after = retry_after;
        answer
    }

    pub(crate) fn into_response(self, half: bool) -> Response<AnswerBody> {
        let mut response = Response::new(AnswerBody::new(self.body, half));
        *response.status_mut() =
            hyper::StatusCode::from_u16(self.status).unwrap_or(hyper::StatusCode::OK);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}

/// A body that may break off in the middle.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    rest: Bytes,
    left: Left,
    /// How much is announced.
    length: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    All,
    Half,
    /// Half is written; wait once, so that it leaves before the end does.
    Flush,
    Break,
    Nothing,
}

/// Ends a connection.
#[derive(Debug)]
pub(crate) struct Cut;

impl AnswerBody {
    fn new(body: Bytes, half: bool) -> Self {
        // Half of nothing could not be told from all of it.
        let body = if half && body.is_empty() {
            Bytes::from_static(b"{}")
        } else {
            body
        };
        AnswerBody {
            length: body.len() as u64,
            left: if half { Left::Half } else { Left::All },
            rest: body,
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match self.left {
            Left::All => {
                self.left = Left::Nothing;
                let all = std::mem::take(&mut self.rest);
                Poll::Ready((!all.is_empty()).then(|| Ok(Frame::data(all))))
            }
            Left::Half => {
                self.left = Left::Flush;
                let middle = self.rest.len() / 2;
                Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(middle)))))
            }
            Left::Flush => {
                self.left = Left::Break;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Left::Break => Poll::Ready(Some(Err(Cut))),
            Left::Nothing => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == Left::Nothing || (self.left == Left::All && self.rest.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the simulator cuts the connection")
    }
}

impl std::error::Error for Cut {}

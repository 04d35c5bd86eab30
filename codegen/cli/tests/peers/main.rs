//! Other tools: OpenSSL and those of Dynatrace in Python, which sign and verify,
//! and zig, which links.
//! Each takes what extyped makes, and extyped takes what they make.
//!
//! Needs `openssl`, and Python 3.10 or newer with its package index; what is
//! missing is said, and the test passes.

#![cfg(all(unix, feature = "package"))]

mod dynatrace;
mod openssl;
mod venv;
mod workshop;
mod zig;

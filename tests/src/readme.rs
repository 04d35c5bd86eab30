//! The README, whose examples are doc tests here.

#![doc = ::core::include_str!(::core::concat!(::core::env!("OUT_DIR"), "/README.md"))]

//! A simulator as its clients see it, on a paused clock and on a real socket.

mod client;
mod faults;
mod outages;
mod protocol;
mod recording;

//! What `extyped generate` of a later version writes begins like this.
const _: () = ::extyped::__private::assert_generator(1_000u32);

fn main() {}

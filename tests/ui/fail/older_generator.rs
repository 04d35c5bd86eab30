//! What `extyped generate` of an earlier version wrote began like this.
const _: () = ::extyped::__private::assert_generator(0u32);

fn main() {}

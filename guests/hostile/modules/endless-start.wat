;; A guest whose start-up code never returns. Its text is the core module; `plugbox componentize` makes the guest of it.
(module
  (memory (export "memory") 1)
  (func $start (loop $again (br $again)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "layotto:components/hello@0.1.0#init")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.const 0))
  (func (export "layotto:components/hello@0.1.0#say-hello") (param i32 i32) (result i32) (i32.const 0))
  (start $start))

;; A guest whose tables grow, in `say-hello`, until that is refused; then it traps. Guests in Rust cannot grow tables.
;; `plugbox componentize` makes it a guest.
(module
  (table $small 0 funcref)
  (table $big 0 externref)
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  ;; Zeroes are the case `ok`.
  (func (export "layotto:components/hello@0.1.0#init")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.const 0))
  (func (export "layotto:components/hello@0.1.0#say-hello") (param i32 i32) (result i32)
    (loop $again
      (br_if $again (i32.ge_s (table.grow $small (ref.null func) (i32.const 10000)) (i32.const 0))))
    (loop $again
      (br_if $again (i32.ge_s (table.grow $big (ref.null extern) (i32.const 10000)) (i32.const 0))))
    (unreachable)))

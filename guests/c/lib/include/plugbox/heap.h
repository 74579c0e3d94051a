// What comes first, of things that come and go: a binary heap for expiry, redelivery and the like.
//
// The things hold a `pbx_heap_node`, so nothing is allocated for one, and any of them can leave at any time.
#ifndef PLUGBOX_HEAP_H
#define PLUGBOX_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Begins as `{0}`, which is in no heap.
typedef struct pbx_heap_node {
    size_t place;
} pbx_heap_node;

// Begins as `{.before = …}`, which says whether the first of two comes first.
typedef struct pbx_heap {
    bool (*before)(const pbx_heap_node *, const pbx_heap_node *);
    pbx_heap_node **nodes;
    size_t count, capacity;
} pbx_heap;

// The thing that holds a node: `PBX_HOLDER(node, struct entry, expiry)`.
#define PBX_HOLDER(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

void pbx_heap_add(pbx_heap *heap, pbx_heap_node *node);
// A node that is in no heap stays so.
void pbx_heap_remove(pbx_heap *heap, pbx_heap_node *node);
// NULL where there is none.
pbx_heap_node *pbx_heap_first(const pbx_heap *heap);
// Gives back the heap's memory; the things are not its own.
void pbx_heap_clear(pbx_heap *heap);

#ifdef __cplusplus
}
#endif

#endif

// A binary heap. A node's place counts from 1, so that 0 is nowhere.
#include <stdlib.h>

#include "plugbox/base.h"
#include "plugbox/heap.h"

static void put(pbx_heap *heap, size_t place, pbx_heap_node *node) {
    heap->nodes[place - 1] = node;
    node->place = place;
}

static void rise(pbx_heap *heap, size_t place, pbx_heap_node *node) {
    for (; place > 1 && heap->before(node, heap->nodes[place / 2 - 1]); place /= 2)
        put(heap, place, heap->nodes[place / 2 - 1]);
    put(heap, place, node);
}

static void sink(pbx_heap *heap, size_t place, pbx_heap_node *node) {
    for (size_t child; (child = place * 2) <= heap->count; place = child) {
        if (child < heap->count && heap->before(heap->nodes[child], heap->nodes[child - 1]))
            child++;
        if (!heap->before(heap->nodes[child - 1], node))
            break;
        put(heap, place, heap->nodes[child - 1]);
    }
    put(heap, place, node);
}

void pbx_heap_add(pbx_heap *heap, pbx_heap_node *node) {
    PBX_GROW(heap->nodes, heap->count, heap->capacity);
    heap->count++;
    rise(heap, heap->count, node);
}

void pbx_heap_remove(pbx_heap *heap, pbx_heap_node *node) {
    size_t place = node->place;
    if (!place)
        return;
    node->place = 0;
    pbx_heap_node *last = heap->nodes[--heap->count];
    if (last == node)
        return;
    if (place > 1 && heap->before(last, heap->nodes[place / 2 - 1]))
        rise(heap, place, last);
    else
        sink(heap, place, last);
}

pbx_heap_node *pbx_heap_first(const pbx_heap *heap) {
    return heap->count ? heap->nodes[0] : NULL;
}

void pbx_heap_clear(pbx_heap *heap) {
    free(heap->nodes);
    *heap = (pbx_heap){.before = heap->before};
}

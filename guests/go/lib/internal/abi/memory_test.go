package abi

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// system hands out addresses as a system would, one after the other, and counts.
type system struct {
	next, given uintptr
	limit       uintptr
}

func (s *system) grow(size uintptr) uintptr {
	if s.limit != 0 && s.given+size > s.limit {
		return 0
	}
	start := s.next + smallest
	s.next = start + size
	s.given += size
	return start
}

func TestWhatIsTakenNeverOverlapsAndIsAligned(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		system := system{}
		chunks := chunks{grow: system.grow}
		var taken [][2]uintptr
		for range 200 {
			size, align := uintptr(random.IntN(300_000)), uintptr(1)<<random.IntN(4)
			start := chunks.take(size, align)
			if start%align != 0 {
				t.Fatalf("%d bytes begin at %d, which is no multiple of %d", size, start, align)
			}
			taken = append(taken, [2]uintptr{start, start + size})
		}
		slices.SortFunc(taken, func(a, b [2]uintptr) int { return int(a[0]) - int(b[0]) })
		for i := 1; i < len(taken); i++ {
			if taken[i][0] < taken[i-1][1] && taken[i][1] > taken[i][0] {
				t.Fatalf("%v overlaps %v", taken[i], taken[i-1])
			}
		}
	}
}

func TestCallAfterCallUsesTheSameMemory(t *testing.T) {
	system := system{}
	chunks := chunks{grow: system.grow}
	for range 1000 {
		for _, size := range []uintptr{10, 1000, 100_000, 3_000_000} {
			chunks.take(size, 8)
		}
		chunks.release()
	}
	if system.given > 2*3_101_010 {
		t.Fatalf("%d bytes were asked for", system.given)
	}
}

func TestGrowingValuesNeedMemoryInProportionToTheLargest(t *testing.T) {
	system := system{}
	chunks := chunks{grow: system.grow}
	const largest = 64 << 20
	for size := uintptr(1); size <= largest; size += 100_000 {
		chunks.take(size, 8)
		chunks.release()
	}
	if system.given > 5*largest {
		t.Fatalf("%d bytes were asked for", system.given)
	}
}

func TestWhatIsKeptIsNeverGivenAgain(t *testing.T) {
	system := system{}
	chunks := chunks{grow: system.grow}
	kept := chunks.take(70_000, 8)
	chunks.keep()
	for range 10 {
		if start := chunks.take(100, 8); start < kept+70_000 && start+100 > kept {
			t.Fatalf("%d is in what is kept, from %d on", start, kept)
		}
		chunks.release()
	}
}

func TestWithoutMemoryTheAddressIsOneThatTheHostRefuses(t *testing.T) {
	system := system{limit: 1 << 20}
	chunks := chunks{grow: system.grow}
	for _, align := range []uintptr{1, 2, 4, 8} {
		for _, size := range []uintptr{2 << 20, nowhere - 100} {
			if start := chunks.take(size, align); start != nowhere&^(align-1) {
				t.Fatalf("%d bytes are at %d", size, start)
			}
		}
	}
	if start := chunks.take(1000, 8); start == nowhere&^7 {
		t.Fatal("after a refusal there is no memory at all")
	}
}

func TestCopiesAreNotTheHostsMemory(t *testing.T) {
	host := []byte("text")
	text, list := String(&host[0], 4), Slice(&host[0], 4)
	host[0] = 'n'
	if text != "text" || string(list) != "text" {
		t.Fatalf("%q and %q changed with the host's memory", text, list)
	}
	if String(nil, 0) != "" || len(Slice[byte](nil, 0)) != 0 {
		t.Fatal("nothing is something")
	}
}

func TestAHandleIsGivenAwayOnce(t *testing.T) {
	handle := MakeHandle(7)
	if handle.Use() != 7 || handle.Take() != 7 || handle.TakeOrNil() != 0 {
		t.Fatal("the handle is another")
	}
	defer func() {
		if recover() == nil {
			t.Fatal("what was given away can be used")
		}
	}()
	handle.Use()
}

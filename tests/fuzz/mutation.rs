//! Changes to an input, of the kinds that fuzzers make: without the instruments that tell which are worth it.

use fastrand::Rng;

/// Numbers at borders.
const BORDERS: [u8; 8] = [0, 1, 0x0f, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/// The most bytes that one change adds or repeats.
const PIECE: usize = 64;

/// Changes an input in a few places. `others` are inputs to borrow from.
pub fn mutate(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Rng) {
    for _ in 0..random.usize(1..=4) {
        let place = random.usize(0..=input.len());
        match random.u8(0..9) {
            0 => with(input, place, |byte| *byte ^= 1 << random.u8(0..8)),
            1 => with(input, place, |byte| *byte = random.u8(..)),
            2 => with(input, place, |byte| {
                *byte = BORDERS[random.usize(0..BORDERS.len())]
            }),
            3 => with(input, place, |byte| {
                *byte = byte.wrapping_add(random.choice([1, u8::MAX]).unwrap())
            }),
            4 => {
                let piece: Vec<_> = (0..random.usize(1..=8)).map(|_| random.u8(..)).collect();
                input.splice(place..place, piece);
            }
            5 => drop(input.drain(place..end(input, place, random))),
            6 => {
                let piece = input[place..end(input, place, random)].to_vec();
                let times = random.usize(1..=8);
                input.splice(place..place, piece.repeat(times));
            }
            7 => input.truncate(place),
            _ => {
                let other = &others[random.usize(0..others.len())];
                let from = random.usize(0..=other.len());
                let piece = other[from..end(other, from, random)].to_vec();
                input.splice(place..place, piece);
            }
        }
    }
}

fn with(input: &mut [u8], place: usize, change: impl FnOnce(&mut u8)) {
    if let Some(byte) = input.get_mut(place) {
        change(byte);
    }
}

/// The end of a piece that begins here.
fn end(input: &[u8], place: usize, random: &mut Rng) -> usize {
    input.len().min(place + random.usize(0..=PIECE))
}

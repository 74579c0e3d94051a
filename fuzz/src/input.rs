//! Bytes as a row of choices. When they are used up, every choice is the first one: so each input means something, and ends.

/// What is left of an input.
pub struct Input<'a>(&'a [u8]);

/// Texts that mean something to a guest or to the host, which chance would not find.
const WORDS: [&str; 24] = [
    "key",
    "other",
    "1",
    "2",
    "trap",
    "orders",
    "orders.*",
    "flood",
    "twice",
    "stray",
    "nameless",
    "acks",
    "ready",
    "consumerID",
    "ttlInSeconds",
    "-1",
    "rawPayload",
    "schedule",
    "maxInFlight",
    "fail",
    "reply:5000000",
    "create",
    "get",
    "\0",
];

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    /// Whether a bit is set.
    pub fn yes(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u8) -> u8 {
        self.byte() % limit
    }

    pub fn number(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            3 => i64::MAX as u64,
            4 => i64::MIN as u64,
            5 => i32::MIN as u64,
            6 => self.byte().into(),
            _ => u64::from_le_bytes(self.array()),
        }
    }

    /// As many bytes as a length before them says, or as there are.
    pub fn bytes(&mut self) -> &'a [u8] {
        let length = u16::from_le_bytes(self.array());
        let (taken, rest) = self.0.split_at(self.0.len().min(length.into()));
        self.0 = rest;
        taken
    }

    /// A known word, or what the input spells.
    pub fn text(&mut self) -> String {
        let choice = usize::from(self.byte());
        match WORDS.get(choice) {
            Some(word) => (*word).to_owned(),
            None => String::from_utf8_lossy(self.bytes()).into_owned(),
        }
    }

    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let (taken, rest) = self.0.split_at(self.0.len().min(N));
        array[..taken.len()].copy_from_slice(taken);
        self.0 = rest;
        array
    }
}

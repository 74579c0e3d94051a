//! Frames: slow ones, floods of them, and such as break the rules of HTTP/2.

use crate::{
    neighbour::{GROWTH, attacked, hold_on, setup},
    support::Runner,
    wire::{
        CONTINUATION, DATA, END_HEADERS, GET, HEADERS, PING, RST_STREAM, Raw, SETTINGS,
        WINDOW_UPDATE, frame, has, header, headers,
    },
};

const GOAWAY: u8 = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_byte_by_byte_and_frames_that_never_end_hold_a_connection_and_no_more() {
    let attack = async |runner: &Runner| {
        let socket = runner.socket("store");
        let whole = frame(HEADERS, END_HEADERS, 1, &headers(GET));
        let mut slow = Vec::new();
        for _ in 0..200 {
            slow.push(Raw::greeted(&socket).await);
        }
        for byte in &whole[..whole.len() - 1] {
            for raw in &mut slow {
                assert!(raw.send(&[*byte]).await);
            }
        }
    };
    attacked("200 slow clients", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_streams_are_refused_beyond_the_limit() {
    let attack = async |runner: &Runner| {
        let mut raw = Raw::greeted(&runner.socket("store")).await;
        let mut all = Vec::new();
        for number in 0..10_000 {
            all.extend(frame(HEADERS, END_HEADERS, 2 * number + 1, &headers(GET)));
        }
        raw.send(&all).await;
        hold_on().await;
        raw.finish().await;
        let read = raw.closed().await;
        assert!(has(&read, RST_STREAM) || has(&read, GOAWAY));
    };
    attacked("10,000 streams", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_are_reset_at_once_keep_nothing() {
    let attack = async |runner: &Runner| {
        let mut sent = 0;
        for _ in 0..20 {
            let mut raw = Raw::greeted(&runner.socket("store")).await;
            for number in 0..5000 {
                let stream = 2 * number + 1;
                let mut call = frame(HEADERS, END_HEADERS, stream, &headers(GET));
                // A whole message, so that the call has begun.
                call.extend(frame(DATA, 1, stream, &[0; 5]));
                call.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
                if !raw.send(&call).await {
                    break;
                }
                sent += 1;
            }
        }
        println!("{sent} streams opened and reset");
        // Slow enough for each call to have begun before its client is gone.
        let mut raw = Raw::greeted(&runner.socket("store")).await;
        for round in 0..300 {
            let streams = (round * 10..round * 10 + 10).map(|number| 2 * number + 1);
            for stream in streams.clone() {
                let mut call = frame(HEADERS, END_HEADERS, stream, &headers(GET));
                call.extend(frame(DATA, 0, stream, &[0; 5]));
                assert!(raw.send(&call).await);
            }
            assert!(raw.answers().await);
            for stream in streams {
                let reset = frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]);
                assert!(raw.send(&reset).await);
            }
        }
    };
    attacked("rapid reset", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_continuations_ends_the_connection() {
    let attack = async |runner: &Runner| {
        let mut raw = Raw::greeted(&runner.socket("store")).await;
        assert!(raw.send(&frame(HEADERS, 0, 1, &headers(GET))).await);
        let mut block = Vec::new();
        header(&mut block, "x-filler", &"a".repeat(16_000));
        let taken = raw.flood(&frame(CONTINUATION, 0, 1, &block), 10_000).await;
        assert!(taken < 10_000, "160 MB of headers were taken");
        // Empty ones, too.
        let mut raw = Raw::greeted(&runner.socket("store")).await;
        assert!(raw.send(&frame(HEADERS, 0, 1, &headers(GET))).await);
        let taken = raw.flood(&frame(CONTINUATION, 0, 1, b""), 1_000_000).await;
        assert!(taken < 1_000_000);
    };
    attacked("CONTINUATION flood", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn huge_metadata_is_refused_and_the_connection_goes_on() {
    let attack = async |runner: &Runner| {
        let mut raw = Raw::greeted(&runner.socket("store")).await;
        for number in 0..200 {
            let stream = 2 * number + 1;
            // Four frames of the largest size make 64 KiB.
            let mut block = headers(GET);
            header(&mut block, "x-huge", &"a".repeat(60_000));
            let mut frames = block.chunks(16_384).enumerate().peekable();
            while let Some((place, part)) = frames.next() {
                let kind = if place == 0 { HEADERS } else { CONTINUATION };
                let flags = if frames.peek().is_none() {
                    END_HEADERS
                } else {
                    0
                };
                assert!(raw.send(&frame(kind, flags, stream, part)).await);
            }
        }
        assert!(raw.answers().await);
    };
    attacked("huge metadata", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_and_settings_whose_answers_nobody_reads_are_read_no_more() {
    let attack = async |runner: &Runner| {
        for flood in [
            frame(PING, 0, 0, b"pingping").repeat(100),
            frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 1, 0]).repeat(100),
        ] {
            let mut raw = Raw::greeted(&runner.socket("store")).await;
            let taken = raw.flood(&flood, 100_000).await;
            assert!(taken < 100_000, "ten million frames were taken");
        }
    };
    attacked("PING and SETTINGS floods", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_change_every_stream_leave_other_connections_their_turn() {
    let attack = async |runner: &Runner| {
        let socket = runner.socket("store");
        let mut raw = Raw::greeted(&socket).await;
        for number in 0..1000 {
            let open = frame(HEADERS, END_HEADERS, 2 * number + 1, &headers(GET));
            assert!(raw.send(&open).await);
        }
        let mut others = Vec::new();
        // On all threads.
        for _ in 0..4 {
            others.push(Raw::greeted(&socket).await);
        }
        // The windows of all streams, larger and smaller.
        let larger = frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]);
        let smaller = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 1, 0]);
        let flood = [larger, smaller].concat().repeat(25_000);
        let flooding = raw.send_and_read(&flood);
        let mut flooding = std::pin::pin!(flooding);
        let mut turns = 0;
        loop {
            let answered = async {
                for other in &mut others {
                    assert!(other.answers().await);
                }
            };
            tokio::select! {
                () = &mut flooding => break,
                () = answered => turns += 1,
            }
        }
        assert!(turns >= 5, "{turns} answers while 50,000 settings came");
    };
    attacked("SETTINGS for 1000 streams", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_the_rules_of_http2_ends_the_connection() {
    let attack = async |runner: &Runner| {
        let opened = frame(HEADERS, END_HEADERS, 1, &headers(GET));
        let cases = [
            (
                "a window update of nothing",
                frame(WINDOW_UPDATE, 0, 0, &[0; 4]),
            ),
            (
                "windows beyond their size",
                frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]).repeat(2),
            ),
            ("data on no stream", frame(DATA, 0, 0, b"data")),
            (
                "data on a stream that is not open",
                frame(DATA, 0, 99, b"data"),
            ),
            (
                "a frame larger than allowed",
                frame(DATA, 0, 1, &vec![0; 150_000]),
            ),
            (
                "a server's stream",
                frame(HEADERS, END_HEADERS, 2, &headers(GET)),
            ),
            (
                "headers that cannot be read",
                frame(HEADERS, END_HEADERS, 3, &[0xff; 64]),
            ),
            (
                "a continuation of nothing",
                frame(CONTINUATION, END_HEADERS, 1, &headers(GET)),
            ),
            ("settings of odd length", frame(SETTINGS, 0, 0, &[0; 5])),
        ];
        for (what, bytes) in cases {
            let mut raw = Raw::greeted(&runner.socket("store")).await;
            raw.send(&opened).await;
            raw.send(&bytes).await;
            let read = raw.closed().await;
            assert!(has(&read, GOAWAY), "{what}");
        }
    };
    attacked("broken frames", setup(), GROWTH, attack).await;
}

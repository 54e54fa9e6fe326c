//! What an HSM and its clients read from each other: frames, calls and answers.
#![no_main]

use bastide_hsm::wire::{MAX_FRAME, decode_answer, decode_call, frame, read_frame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(Some(body)) = read_frame(&mut &*data, MAX_FRAME) {
        assert!(body.len() + 4 <= data.len());
    }
    if let Ok(call) = decode_call(data) {
        let written = frame(&call, usize::MAX).expect("it encodes");
        let again = decode_call(&written[4..]).expect("what was written");
        assert_eq!(*frame(&again, usize::MAX).expect("it encodes"), *written);
        let _ = format!("{call:?}");
    }
    if let Ok(answer) = decode_answer(data) {
        let written = frame(&answer, usize::MAX).expect("it encodes");
        let again = decode_answer(&written[4..]).expect("what was written");
        assert_eq!(*frame(&again, usize::MAX).expect("it encodes"), *written);
        let _ = format!("{answer:?}");
    }
});

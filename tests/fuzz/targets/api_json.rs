//! Answers of Kommo's API: whatever stands in one, the client's types take it or refuse it, and whatever they took can be
//! shown.
#![no_main]

use kommo::field_values::CustomFieldValues;
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(answer: &[u8]) -> Option<T> {
    serde_json::from_slice(answer).ok()
}

fuzz_target!(|answer: &[u8]| {
    let _ = read::<kommo::leads::Lead>(answer);
    let _ = read::<kommo::contacts::Contact>(answer);
    let _ = read::<kommo::events::Event>(answer);
    let _ = read::<kommo::notes::Note>(answer);
    let _ = read::<kommo::tasks::Task>(answer);
    let _ = read::<kommo::custom_fields::CustomField>(answer);
    let _ = read::<kommo::pipelines::Pipeline>(answer);
    let _ = read::<kommo::users::User>(answer);
    let _ = read::<kommo::unsorted::Unsorted>(answer);
    if let Some(field) = read::<CustomFieldValues>(answer) {
        let _ = field.typed().display_text();
    }
});

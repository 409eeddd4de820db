//! What people do in Kommo.

use super::{Simulation, Theirs};
use serde_json::{Value, json};

impl Simulation {
    fn any_lead_of_kommo(&self) -> Option<i64> {
        let state = self.home().sim.state_snapshot();
        let leads: Vec<i64> = state["leads"]
            .as_array()?
            .iter()
            .filter(|lead| lead["is_deleted"] != true)
            .filter_map(|lead| lead["id"].as_i64())
            .collect();
        self.chance.pick(&leads).copied()
    }

    /// Something that people do all day.
    pub(crate) fn people_work(&mut self) {
        let (changes, seed) = (1 + self.chance.below(4), self.chance.below(1_000_000) as u64);
        self.say(format!("people: {changes} edits of {seed}"));
        self.home().sim.people_edit(changes, seed);
    }

    /// Somebody writes a value on purpose, where the manager may have done the same.
    pub(crate) fn somebody_writes(&mut self) {
        let Some((theirs, body)) = self.some_value() else { return };
        self.say(format!("somebody: lead {} {body}", theirs.lead));
        let path = format!("/api/v4/leads/{}", theirs.lead);
        let status = self.block_on(self.home().someone_writes(http::Method::PATCH, &path, &body));
        if status == 200 {
            self.report.theirs += 1;
            self.theirs.push(theirs);
        }
    }

    /// Somebody writes a value between our question and our write.
    pub(crate) fn somebody_is_faster(&mut self) {
        let Some((theirs, body)) = self.some_value() else { return };
        self.say(format!("somebody, just before our next write: lead {} {body}", theirs.lead));
        let path = format!("/api/v4/leads/{}", theirs.lead);
        let request = self.home().request_of_someone(http::Method::PATCH, &path, &body);
        self.home().wire.before("PATCH", "/api/v4/leads", request);
        self.report.theirs += 1;
        self.theirs.push(theirs);
    }

    fn some_value(&mut self) -> Option<(Theirs, Value)> {
        let lead = self.any_lead_of_kommo()?;
        let number = self.next_number();
        Some(if self.chance.percent(60) {
            let value = format!("deles {number}");
            (Theirs { lead, subject: "name", value: value.clone() }, json!({"name": value}))
        } else {
            let price = 8_000_000 + number;
            (Theirs { lead, subject: "price", value: price.to_string() }, json!({"price": price}))
        })
    }
}

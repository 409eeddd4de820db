//! `/bots` and `/api/v2/salesbot/run`.

use serde_json::{Value, json};

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::By;
use crate::hal;
use crate::serializers::definitions::bot;
use crate::serializers::values::plain_text;
use crate::state::{Kind, World};

const MOST_RUNS: usize = 100;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = world.bots.iter().map(|known| bot(known, &call.base)).collect();
    hal::page_of_all(call, "items", items, false)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let found = world.bots.iter().find(|known| known.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(bot(found, &call.base)))
}

/// Which bot on which card.
struct Run {
    bot: u32,
    target: (Kind, u32),
}

fn run_of(world: &World, bot: u32, sent: &Value) -> Result<Run, Refusal> {
    if !world.bots.iter().any(|known| known.id == bot && known.is_active) {
        return Err(Refusal::problem(404, "Bot not found"));
    }
    let id = sent.get("entity_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
    let kind = match sent.get("entity_type") {
        // v2 speaks of numbers, v4 of words.
        Some(Value::Number(code)) => code.as_u64().and_then(Kind::from_code),
        Some(Value::String(text)) => {
            Kind::from_plural(text).or_else(|| text.parse().ok().and_then(Kind::from_code))
        }
        _ => None,
    };
    match kind.filter(|kind| *kind != Kind::Company && world.live_card(*kind, id).is_some()) {
        Some(kind) => Ok(Run { bot, target: (kind, id) }),
        None => Err(Refusal::invalid(FieldError::choice("entity_id"))),
    }
}

fn bot_of(sent: &Value) -> u32 {
    sent.get("bot_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()).unwrap_or(0)
}

/// `POST /api/v2/salesbot/run` and `POST /bots/run`.
pub(crate) fn run_many(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_RUNS)?;
    let runs: Vec<Run> =
        items.iter().map(|item| run_of(world, bot_of(item), item)).collect::<Result<_, _>>()?;
    for wish in &runs {
        run_bot(world, call, wish);
    }
    if call.segment(1) == "v2" {
        let links = json!({"self": {"href": format!("{}{}", call.base, call.path), "method": "post"}});
        return Ok(Answer::Json {
            status: 202,
            body: json!({"_links": links, "success": true}),
            list: false,
        });
    }
    Ok(Answer::Empty(202))
}

/// `POST /bots/{id}/run`.
pub(crate) fn run_one(world: &mut World, call: &Call<'_>) -> Outcome {
    let wish = run_of(world, call.id(3)?, &call.json()?)?;
    run_bot(world, call, &wish);
    Ok(Answer::Text { status: 202, body: "Accepted".to_owned() })
}

/// `POST /bots/{id}/stop`: bots of this simulator are done as soon as they run.
pub(crate) fn stop(world: &mut World, call: &Call<'_>) -> Outcome {
    run_of(world, call.id(3)?, &call.json()?)?;
    Ok(Answer::Text { status: 202, body: "Accepted".to_owned() })
}

/// The bot writes its text into the open talk of the card. Without one, or without a text, it says nothing:
/// 202 never promised that it would.
fn run_bot(world: &mut World, call: &Call<'_>, wish: &Run) {
    call.wrote("bot_runs", 1);
    let talk = match wish.target {
        (Kind::Lead, id) => world.talks.open_of_lead(id),
        (_, id) => world.talks.open_of_contact(id),
    };
    let Some(talk) = talk else { return };
    let lead = match wish.target {
        (Kind::Lead, id) => Some(id),
        _ => world.talks.get(talk).and_then(|talk| talk.lead_id),
    };
    let template = world.bots.iter().find(|known| known.id == wish.bot).map(|known| known.text.clone());
    let text = spoken(world, &template.unwrap_or_default(), lead);
    if text.trim().is_empty() {
        return;
    }
    let by = By { user: 0, ..call.by() };
    if world.send_message(talk, &text, None, by).is_some() {
        call.count(|stats| stats.messages_sent += 1);
    }
}

/// Puts the lead's values where the text says `{{lead.cf.ID}}`.
fn spoken(world: &World, template: &str, lead: Option<u32>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{lead.cf.") {
        out.push_str(before);
        let Some((id, after)) = after.split_once("}}") else { break };
        let value = id.parse().ok().and_then(|id| {
            let field = world.field(Kind::Lead, id)?;
            let item = world.card(Kind::Lead, lead?)?.value(id)?.items.first()?;
            Some(plain_text(field, item))
        });
        out.push_str(&value.unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

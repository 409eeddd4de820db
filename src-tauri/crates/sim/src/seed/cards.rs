//! Leads, contacts and companies.

use super::{phones, stages, words};
use crate::chance::Chance;
use crate::state::{
    Card, Company, Contact, FieldType, FieldValue, IdKind, Item, Kind, LOST, Lead, LinkedContact, Scalar,
    WON, World,
};

const DAY_S: i64 = 24 * 60 * 60;
const YEAR_S: i64 = 365 * DAY_S;

/// Field and tag ids, looked up once.
struct Known {
    ordinary: Vec<u32>,
    main: u32,
    after_sales: u32,
    after_stages: Vec<u32>,
    sellers: Vec<u32>,
    bot: u32,
}

struct Crowd<'a> {
    world: &'a mut World,
    chance: Chance,
    now: i64,
    known: Known,
    contacts: Vec<Contact>,
    companies: Vec<Company>,
}

pub(super) fn fill(world: &mut World, count: usize, now: i64) {
    let known = known(world);
    let chance = Chance::new(world.seed, "cards");
    let mut crowd =
        Crowd { world, chance, now, known, contacts: Vec::with_capacity(count), companies: Vec::new() };
    let mut ages: Vec<i64> = (0..count).map(|_| crowd.age()).collect();
    ages.sort_unstable_by_key(|age| std::cmp::Reverse(*age));
    let leads: Vec<Lead> = ages.into_iter().map(|age| crowd.lead(age)).collect();
    let Crowd { contacts, companies, .. } = crowd;
    world.leads.fill(leads);
    world.contacts.fill(contacts);
    world.companies.fill(companies);
}

fn known(world: &World) -> Known {
    let ordinary = |index: usize| -> Vec<u32> {
        world.pipelines[index]
            .statuses
            .iter()
            .filter(|status| status.is_ordinary())
            .map(|status| status.id)
            .collect()
    };
    Known {
        ordinary: ordinary(0),
        main: world.pipelines[0].id,
        after_sales: world.pipelines[1].id,
        after_stages: ordinary(1),
        sellers: world.users[1..6].iter().map(|user| user.id).collect(),
        bot: world.users[6].id,
    }
}

impl Crowd<'_> {
    /// Seconds since the lead came, up to a year; more of them lately.
    fn age(&mut self) -> i64 {
        let part = self.chance.between(0, 1_000_000) as f64 / 1_000_000.0;
        60 + (part.powf(1.6) * YEAR_S as f64) as i64
    }

    fn lead(&mut self, age: i64) -> Lead {
        let created_at = self.now - age;
        let updated_at = created_at + self.chance.between(0, age.min(40 * DAY_S));
        let is_commercial = self.chance.percent(22);
        let city = *self.chance.pick(&words::CITIES);
        let id = self.world.ids.next(IdKind::Lead);
        let responsible = *self.chance.pick(&self.known.sellers);
        let is_after_sales = age > 30 * DAY_S && self.chance.percent(6);
        let (pipeline_id, status_id) = if is_after_sales {
            let stage = *self.chance.pick(&self.known.after_stages);
            (self.known.after_sales, if self.chance.percent(30) { WON } else { stage })
        } else {
            (self.known.main, stages::of_age(&mut self.chance, age, &self.known.ordinary))
        };
        let is_closed = status_id == WON || status_id == LOST;
        let contacts = self.contacts_of(id, created_at, updated_at, city.1, responsible);
        let company = is_commercial.then(|| self.company_of(id, created_at, responsible));
        let name = self.lead_name(id, &contacts, company, city.0);
        let bill = self.bill(is_commercial);
        let source = self.chance.weighted(&[62, 12, 10, 10, 6]);
        let is_known = status_id != self.known.ordinary[0] || self.chance.percent(35);
        let values = if self.chance.percent(6) {
            Vec::new()
        } else {
            self.lead_values(&contacts, bill, source, is_known, created_at)
        };
        let tags = self.lead_tags(source, bill, is_known, status_id);
        let (mut values, mut tags) = (values, tags);
        values.shrink_to_fit();
        tags.shrink_to_fit();
        let loss_reason_id = (status_id == LOST).then(|| self.chance.pick(&self.world.loss_reasons).id);
        Lead {
            price: self.price(is_commercial, is_known),
            status_id,
            pipeline_id,
            loss_reason_id,
            closed_at: is_closed.then_some(updated_at),
            source_id: Some(self.world.sources[source].id),
            contacts,
            company,
            card: Card {
                id,
                name,
                responsible,
                group_id: 0,
                created_by: if self.chance.percent(70) { 0 } else { responsible },
                updated_by: if self.chance.percent(30) { self.known.bot } else { responsible },
                created_at,
                updated_at,
                deleted_at: None,
                values,
                tags,
            },
        }
    }

    /// Mostly one contact of its own; some share one, some have two, some none.
    fn contacts_of(
        &mut self,
        lead: u32,
        created_at: i64,
        updated_at: i64,
        area: u32,
        owner: u32,
    ) -> Vec<LinkedContact> {
        let mut linked = Vec::new();
        match self.chance.weighted(&[86, 6, 4, 4]) {
            1 if self.contacts.len() > 20 => {
                let at = self.contacts.len() - 1 - self.chance.below(20);
                self.contacts[at].leads.push(lead);
                linked.push(LinkedContact { id: self.contacts[at].card.id, is_main: true });
            }
            3 => {}
            drawn => {
                for index in 0..if drawn == 2 { 2 } else { 1 } {
                    let id = self.new_contact(lead, created_at, updated_at, area, owner);
                    linked.push(LinkedContact { id, is_main: index == 0 });
                }
            }
        }
        linked
    }

    fn new_contact(&mut self, lead: u32, created_at: i64, updated_at: i64, area: u32, owner: u32) -> u32 {
        let id = self.world.ids.next(IdKind::Contact);
        let first_name = (*self.chance.pick(&words::FIRST_NAMES)).to_owned();
        let mut last_name = (*self.chance.pick(&words::LAST_NAMES)).to_owned();
        if self.chance.percent(40) {
            last_name = format!("{} {last_name}", self.chance.pick(&words::LAST_NAMES));
        }
        let mut phones = vec![phones::invent(&mut self.chance, area)];
        if self.chance.percent(3) {
            phones.push(phones::invent(&mut self.chance, area));
        }
        if self.contacts.len() > 50 && self.chance.percent(1) {
            let at = self.chance.below(self.contacts.len());
            phones = vec![self.same_number_again(at)];
        }
        let mut values = Vec::new();
        if !self.chance.percent(2) {
            let phone_kind = if self.chance.percent(40) { "MOB" } else { "WORK" };
            values.push(self.multitext("PHONE", &phones, phone_kind));
        }
        if self.chance.percent(45) {
            let email = format!("{}.{}{}@exemplo.com.br", plain(&first_name), plain(&last_name), id % 97);
            values.push(self.multitext("EMAIL", &[email], "PRIV"));
        }
        if self.chance.percent(30) {
            values.push(self.choice(Kind::Contact, "Perfil", None));
        }
        if self.chance.percent(8) {
            let born = self.chance.between(-600_000_000, 900_000_000).div_euclid(DAY_S) * DAY_S;
            values.push(self.value(Kind::Contact, "Aniversário", Scalar::Int(born)));
        }
        let tags = if self.chance.percent(5) { vec![self.pick_tag(Kind::Contact)] } else { Vec::new() };
        self.contacts.push(Contact {
            card: Card {
                id,
                name: format!("{first_name} {last_name}"),
                responsible: owner,
                created_at,
                updated_at: created_at + (updated_at - created_at) / 2,
                values,
                tags,
                ..Card::default()
            },
            first_name,
            last_name,
            is_unsorted: false,
            leads: vec![lead],
            company: None,
        });
        id
    }

    /// The number of another contact written differently: the same person twice, as real accounts have it.
    fn same_number_again(&self, at: usize) -> String {
        let value = self.contacts[at].card.values.first().and_then(|value| value.items.first());
        let written = match value.map(|item| &item.value) {
            Some(Scalar::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        if written.starts_with('+') { digits } else { format!("+{digits}") }
    }

    fn company_of(&mut self, lead: u32, created_at: i64, owner: u32) -> u32 {
        if self.companies.len() > 10 && self.chance.percent(10) {
            let at = self.companies.len() - 1 - self.chance.below(10);
            self.companies[at].leads.push(lead);
            return self.companies[at].card.id;
        }
        let id = self.world.ids.next(IdKind::Company);
        let name = format!("{} {}", self.chance.pick(&words::TRADES), self.chance.pick(&words::LAST_NAMES));
        let card =
            Card { id, name, responsible: owner, created_at, updated_at: created_at, ..Card::default() };
        self.companies.push(Company { card, leads: vec![lead], contacts: Vec::new() });
        if let Some(contact) = self.contacts.last_mut()
            && contact.leads.last() == Some(&lead)
            && contact.company.is_none()
        {
            contact.company = Some(id);
            let contact_id = contact.card.id;
            if let Some(company) = self.companies.last_mut() {
                company.contacts.push(contact_id);
            }
        }
        id
    }

    fn lead_name(&mut self, id: u32, contacts: &[LinkedContact], company: Option<u32>, city: &str) -> String {
        let company = company.and_then(|id| {
            self.companies
                .binary_search_by_key(&id, |known| known.card.id)
                .ok()
                .map(|at| self.companies[at].card.name.clone())
        });
        let person = contacts.first().and_then(|link| {
            let at = self.contacts.binary_search_by_key(&link.id, |known| known.card.id).ok()?;
            Some(self.contacts[at].card.name.clone())
        });
        match (company, person) {
            (Some(company), _) => format!("{company} - {city}"),
            (None, None) => format!("Lead #{id}"),
            (None, Some(person)) => match self.chance.weighted(&[40, 25, 20, 13, 2]) {
                0 => person,
                1 => format!("{person} - {city}"),
                2 => format!("Energia solar {person}"),
                3 => format!("WhatsApp: {person}"),
                _ => String::new(),
            },
        }
    }

    fn bill(&mut self, is_commercial: bool) -> i64 {
        if is_commercial { self.chance.between(900, 14_000) } else { self.chance.between(180, 2_600) }
    }

    fn price(&mut self, is_commercial: bool, is_known: bool) -> i64 {
        if !is_known {
            return 0;
        }
        let hundreds =
            if is_commercial { self.chance.between(450, 3_800) } else { self.chance.between(110, 520) };
        hundreds * 100
    }

    fn lead_values(
        &mut self,
        contacts: &[LinkedContact],
        bill: i64,
        source: usize,
        is_known: bool,
        created_at: i64,
    ) -> Vec<FieldValue> {
        const ORIGINS: [&str; 5] = ["WhatsApp", "Instagram", "Facebook", "Website", "Indicação"];
        let kind = Kind::Lead;
        let mut values = vec![self.choice(kind, "Origem do Lead", Some(ORIGINS[source]))];
        if source == 0
            && let Some(link) = contacts.first()
        {
            let digits = self.digits_of(link.id);
            values.push(self.value(kind, "WhatsApp", Scalar::text(&digits)));
        }
        if is_known {
            values.push(self.value(kind, "Valor Conta de Luz", Scalar::text(&bill.to_string())));
            values.push(self.choice(kind, "Tipo de Solução", None));
            let score = self.chance.between(5, 100).to_string();
            values.push(self.value(kind, "Score de Qualificação", Scalar::text(&score)));
        }
        if self.chance.percent(18) {
            let rival = *self.chance.pick(&words::COMPETITORS);
            values.push(self.value(kind, "Concorrente", Scalar::text(rival)));
        }
        if self.chance.percent(9) {
            let discount = format!("{}%", self.chance.between(5, 20));
            values.push(self.value(kind, "Desconto Atual", Scalar::text(&discount)));
        }
        if is_known && self.chance.percent(25) {
            let at = (created_at + self.chance.between(1, 20) * DAY_S).div_euclid(1800) * 1800;
            values.push(self.value(kind, "Data/Hora Reunião", Scalar::Int(at)));
            values.push(self.choice(kind, "Status da Reunião", None));
        }
        if self.chance.percent(30) {
            let tries = self.chance.between(1, 4).to_string();
            values.push(self.value(kind, "Tentativas de Follow-up", Scalar::text(&tries)));
        }
        values
    }

    fn digits_of(&self, contact: u32) -> String {
        let Ok(at) = self.contacts.binary_search_by_key(&contact, |known| known.card.id) else {
            return String::new();
        };
        let item = self.contacts[at].card.values.first().and_then(|value| value.items.first());
        match item.map(|item| &item.value) {
            Some(Scalar::Text(text)) => text.chars().filter(char::is_ascii_digit).collect(),
            _ => String::new(),
        }
    }

    fn lead_tags(&mut self, source: usize, bill: i64, is_known: bool, status_id: u32) -> Vec<u32> {
        let mut names = Vec::new();
        if source == 0 {
            names.push("WhatsApp Lead");
        }
        if is_known {
            names.push(["Lead Quente", "Lead Morno", "Lead Frio"][self.chance.weighted(&[25, 40, 35])]);
            match bill {
                4_000.. => names.push("Alto Valor"),
                2_000.. => names.push("Médio Valor"),
                _ => {}
            }
        }
        match status_id {
            WON => names.push("Cliente Fechado"),
            LOST => names.push("Lead Perdido"),
            _ if self.chance.percent(10) => names.push("Sem Resposta"),
            _ => {}
        }
        names.into_iter().map(|name| self.world.tag_named(Kind::Lead, name)).collect()
    }

    fn pick_tag(&mut self, kind: Kind) -> u32 {
        self.chance.pick(self.world.tags(kind).all()).id
    }

    fn value(&self, kind: Kind, name: &str, value: Scalar) -> FieldValue {
        let field = self.world.field_by_name(kind, name).map_or(0, |field| field.id);
        FieldValue { field, items: vec![Item { value, enum_id: None }] }
    }

    /// A chosen enum: the named one, or any.
    fn choice(&mut self, kind: Kind, name: &str, value: Option<&str>) -> FieldValue {
        let Some(field) = self.world.field_by_name(kind, name) else {
            return FieldValue { field: 0, items: Vec::new() };
        };
        debug_assert!(field.kind.is_choice() || field.kind == FieldType::Multitext);
        let drawn = self.chance.pick(&field.enums);
        let chosen = value.and_then(|value| field.enum_by_value(value)).unwrap_or(drawn);
        FieldValue { field: field.id, items: vec![Item { value: Scalar::OfEnum, enum_id: Some(chosen.id) }] }
    }

    fn multitext(&self, code: &str, texts: &[String], enum_code: &str) -> FieldValue {
        let Some(field) = self.world.field_by_code(Kind::Contact, code) else {
            return FieldValue { field: 0, items: Vec::new() };
        };
        let enum_id = field.enum_by_code(enum_code).map(|known| known.id);
        let items = texts.iter().map(|text| Item { value: Scalar::text(text), enum_id }).collect();
        FieldValue { field: field.id, items }
    }
}

/// A name as it looks in an e-mail address.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'á' | 'â' | 'ã' | 'à' => Some('a'),
            'é' | 'ê' => Some('e'),
            'í' => Some('i'),
            'ó' | 'ô' | 'õ' => Some('o'),
            'ú' => Some('u'),
            'ç' => Some('c'),
            'a'..='z' => Some(letter),
            _ => None,
        })
        .collect()
}

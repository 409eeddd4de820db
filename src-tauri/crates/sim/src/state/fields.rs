use serde_json::Value;

macro_rules! field_types {
    ($($variant:ident = $text:literal / $number:literal,)+) => {
        /// Types of custom fields. Kommo docs: custom-fields-types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum FieldType { $($variant,)+ }

        impl FieldType {
            pub(crate) const ALL: &'static [FieldType] = &[$(FieldType::$variant),+];

            pub(crate) fn as_str(self) -> &'static str {
                match self { $(FieldType::$variant => $text),+ }
            }

            /// The number events use for the type.
            pub(crate) fn number(self) -> u32 {
                match self { $(FieldType::$variant => $number),+ }
            }
        }
    };
}

field_types! {
    Text = "text" / 1,
    Numeric = "numeric" / 2,
    Checkbox = "checkbox" / 3,
    Select = "select" / 4,
    Multiselect = "multiselect" / 5,
    Date = "date" / 6,
    Url = "url" / 7,
    Multitext = "multitext" / 8,
    Textarea = "textarea" / 9,
    Radiobutton = "radiobutton" / 10,
    Streetaddress = "streetaddress" / 11,
    SmartAddress = "smart_address" / 13,
    Birthday = "birthday" / 14,
    LegalEntity = "legal_entity" / 15,
    Items = "items" / 16,
    Category = "category" / 18,
    DateTime = "date_time" / 19,
    Price = "price" / 20,
    TrackingData = "tracking_data" / 21,
    LinkedEntity = "linked_entity" / 22,
    ChainedList = "chained_list" / 23,
    Monetary = "monetary" / 24,
    File = "file" / 25,
}

impl FieldType {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Values are chosen from the field's enums.
    pub(crate) fn is_choice(self) -> bool {
        matches!(
            self,
            FieldType::Select | FieldType::Multiselect | FieldType::Radiobutton | FieldType::Category
        )
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, FieldType::Numeric | FieldType::Monetary | FieldType::Price)
    }

    pub(crate) fn is_instant(self) -> bool {
        matches!(self, FieldType::Date | FieldType::DateTime | FieldType::Birthday)
    }

    pub(crate) fn is_object(self) -> bool {
        matches!(
            self,
            FieldType::LegalEntity
                | FieldType::LinkedEntity
                | FieldType::ChainedList
                | FieldType::File
                | FieldType::Items
        )
    }
}

/// A custom field's definition.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    pub(crate) code: Option<String>,
    pub(crate) sort: i64,
    pub(crate) is_api_only: bool,
    pub(crate) is_predefined: bool,
    pub(crate) is_deletable: bool,
    pub(crate) enums: Vec<Enum>,
    pub(crate) group_id: Option<String>,
    pub(crate) required_statuses: Value,
    pub(crate) currency: Option<String>,
    pub(crate) remind: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub(crate) id: u32,
    pub(crate) value: String,
    pub(crate) code: Option<String>,
    pub(crate) sort: i64,
}

impl Field {
    pub(crate) fn enum_by_id(&self, id: u32) -> Option<&Enum> {
        self.enums.iter().find(|known| known.id == id)
    }

    pub(crate) fn enum_by_value(&self, value: &str) -> Option<&Enum> {
        self.enums.iter().find(|known| known.value == value)
    }

    pub(crate) fn enum_by_code(&self, code: &str) -> Option<&Enum> {
        self.enums.iter().find(|known| known.code.as_deref() == Some(code))
    }
}

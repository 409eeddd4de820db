-- Finds people themselves: leads_fts finds only those who are in a lead.
CREATE INDEX contacts_by_name ON contacts (deleted_at_ms, name_folded);

-- rowid = contacts.row_id; holds only contacts that are not deleted.
CREATE VIRTUAL TABLE contacts_fts USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO contacts_fts (rowid, text)
SELECT contact_row, search_text FROM contact_documents WHERE search_text <> '';

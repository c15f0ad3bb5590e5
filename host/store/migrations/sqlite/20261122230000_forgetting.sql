-- A reply of kind "forget" is the last of a conversation: once it is settled, everything goes.
CREATE INDEX outbox_farewells ON outbox (conversation_id) WHERE kind = 'forget';

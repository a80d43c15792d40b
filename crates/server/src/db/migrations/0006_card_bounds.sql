-- What cards and holds are listed and bounded by.

-- What a wallet's cards still hold is found by the wallet, and counted without
-- a look at the rows: for that the index has `held`, too.

DROP INDEX card_authorizations_open;
CREATE INDEX card_authorizations_open ON card_authorizations (wallet_id, card_id, held)
    WHERE held > 0;

-- Lists by status pass over no rows of another.
CREATE INDEX cards_by_status ON cards (scope_id, status, id);
CREATE INDEX cards_of_wallet_by_status ON cards (wallet_id, status, id);
CREATE INDEX holds_by_status ON holds (wallet_id, status, id)

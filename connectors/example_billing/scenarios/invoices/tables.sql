create table payers (id integer primary key, name text not null, email text);
create table bills (id integer primary key, payer_id integer not null references payers, number text not null, amount_cents bigint not null, currency text, due_on date, paid boolean,
  lines json, changed_at datetime);

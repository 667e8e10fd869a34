-- The database of a small studio app, as it was before Syncline: tables and rows of its own, nothing of any vendor in them.
create table locations (id integer primary key, name text not null, time_zone text, city text, currency text);
create table customers (id integer primary key, first_name text, last_name text, email text, phone text, balance_cents integer default 0,
  marketing_opt_in boolean, notes text);
create table class_types (id integer primary key, name text not null, minutes integer, bookable boolean);
create table classes (id integer primary key, class_type_id integer references class_types, location_id integer references locations,
  starts_at datetime not null, class_day date, seats integer, instructors json);
create table bookings (id integer primary key, customer_id integer references customers, class_id integer not null references classes,
  status text not null check (status in ('booked', 'attended', 'cancelled', 'late_cancelled', 'no_show')), source text,
  booked_at datetime, cancelled_at datetime, guest_email text);

insert into locations (name, time_zone, city, currency) values ('Back Room', 'America/Chicago', 'Dallas', 'USD');
insert into customers (first_name, last_name, email, notes) values
  ('Ada', 'Walk-In', 'ada@studio.example', 'pays cash'), ('Bo', 'Walk-In', null, 'prefers mornings'), ('Cy', 'Staff', 'cy@studio.example', null);
insert into class_types (name, minutes, bookable) values ('Open Floor', 60, false);
insert into classes (class_type_id, location_id, starts_at, class_day, seats, instructors) values (1, 1, '2026-01-05T15:00:00Z', '2026-01-05', 6, '["Cy"]');
insert into bookings (customer_id, class_id, status, source, booked_at) values
  (1, 1, 'attended', 'desk', '2026-01-04T18:30:00Z'), (2, 1, 'no_show', 'desk', '2026-01-04T19:00:00Z');

home = Home
hello = Welcome
hello-name = Welcome, { $name }
what-to-do = What do you need done?
search = Search
examples = For example: insurance proof · pension · old-age allowance
often = Often used
proofs = My proofs
check = Check
figures = Figures
services = Services
all = See all services
sign-in = Sign in
none = No services are live yet.
not-found = Nothing fits. Try other words, or call 12345.
at-once = At once
days = { $n ->
  [one] { $n } working day
  *[other] { $n } working days
 }
begin = Begin
your-part = Your part
materials = Already there for you
there = there
conditions = Who can have it
know = Good to know
who = Handled by
how-long = How long
limit = { $promised } working days promised ({ $legal } by law)
visits = Visits
times = { $n ->
  [one] { $n } visit
  *[other] { $n } visits
 }
fee = Fee
result = Result
place = Where
phone = Telephone
waived-of = Of { $total } materials { $waived } need not be handed in.
all-of = See all { $n }
next-page = Next page
first-page = First page
take-away = take this away
found = { $n ->
  [one] { $n } service
  *[other] { $n } services
 }
by-who = For whom
by-event = By life event
by-level = Where it is handled
by-department = By department
for-persons = People
for-enterprises = Enterprises
level-district = Handled by the district
level-street = Handled by your street
level-community = Handled by your community
level = Level
begin-at = Begin at { $system }
elsewhere-note = This is handled in another system; you will leave this site.
steps = How it goes
step-ask = Apply: on line, at a counter, or with help
step-at-once = Done on the spot; the result is on your page
step-accept = Accepted within 5 working days; what is missing is told once
step-decide = { $days ->
  [one] Decided within { $days } working day of acceptance
  *[other] Decided within { $days } working days of acceptance
 }
step-deliver = The result is delivered, and you rate it
hours = When
hours-are = On line at any time; counters on working days 9:00 to 12:00 and 13:00 to 17:00, as each publishes
handed-over = How you get it
by-download = on line
by-wallet = into your wallet
by-post = by post
by-pick-up = fetched by you
by-proxy = fetched by somebody for you
by-home-visit = brought to you
or-else = { $first }; or { $others }
noted = { $name } ({ $note })
only-some = only in some cases
need-optional = optional
need-later = { $days ->
  [one] may follow within { $days } working day
  *[other] may follow within { $days } working days
 }
way-certificate = Electronic certificate: { $kind }; nothing to hand in
way-register = Asked of the { $register }; nothing to hand in
way-reuse = { $kind }, checked before; nothing to hand in
way-declare = Tick a statement
way-upload = Upload a picture
way-upload-counter = Upload a picture, and show the original once at a counter
way-original-counter = Bring the original to a counter
way-original-post = Send the original by post
hers = you have it
times-between = { $best } to { $worst } visits
with-certificates = { $n ->
  [one] With electronic certificates { $n } visit
  *[other] With electronic certificates { $n } visits
 }
joined = Decided on the spot: everything in one visit
cause = { $when }: { $why }
at-apply = When you apply
at-decide = Before the decision
at-collect = To fetch the result
because-material = “{ $name }” must be brought to a counter
because-identity = an officer must see who you are
because-pick-up = the result can only be fetched
do-form = Fill in the form; what is known is there
do-prepare = Prepare: { $name }
do-send = Check it and send it
do-elsewhere = Send it in the other system
together = Best done together
unchecked = This guide is from a template and has not been checked by the department. What the department publishes holds.
print = Print this guide
scan = Scan for the newest guide
visits-title = Items and visits
visits-what = Visits are derived from materials, presence and hand-over, never typed. Counted for whoever holds no certificate at all.
items = Items
zero = No visit
one = One visit
more = More
declared = Published
apart = Not as published
worst = Derived (no certificate)
best = Derived (all certificates)
apart-title = Published and derived differ
apart-none = None differ.
advice-title = Where a visit can be saved
advice-what = Take away what is marked and a visit is saved: accept the original by post, send the result home.
advice-none = No item of this department asks for a visit.
causes = Why one must come
saves = saves a visit
abolished-title = Proofs nobody may ask of you
abolished-what = These proofs and copies are not asked of you any more. If somebody does, call 12345.
recalled = from memory, to be checked
retired-on = Not handled any more since { $day }
retired-hint = What was applied for before goes on to its end; you see it under “Mine”. Search for other services, or call 12345.
preview-mark = Preview: residents do not see this page yet
came = Visits really made
came-told = at least half of the { $cases } cases that ended in the last year took no more than { $visits }
came-few = too few have ended

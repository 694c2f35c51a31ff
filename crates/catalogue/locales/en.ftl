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

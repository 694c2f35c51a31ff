title = Figures and the records behind them
at-day = A live query as of { $day }, not a typed number.
other-day = Another day
behind = The records behind it
none = No records on this day.

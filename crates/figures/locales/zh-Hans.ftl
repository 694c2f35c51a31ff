title = 数字和它背后的记录
at-day = 截至 { $day } 的实时查询，不是填报的数字。
other-day = 看另一天
behind = 背后的记录
none = 这一天没有记录。

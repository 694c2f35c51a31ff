title = How the reply is kept
intro = On 30 November 2020 the Civil Affairs Bureau of Haizhu District answered a deputy's suggestion No. 20. Here is each thing it speaks of: what can be used opens, and figures are queries of this moment that open onto their records.
served-of = { $served } of { $total } are served.
grey = What is grey is not built yet, and says so.
served = Served
not-yet = Not yet

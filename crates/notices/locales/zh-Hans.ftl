title = 通知

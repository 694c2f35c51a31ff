title = 岗位

extension DatabaseCommand {
    static let pipePropertyCommands = [
        putItems("DbPutDevicePipeProperty", .devicePipe),
        getItems("DbGetDevicePipeProperty", .devicePipe),
        deleteProperties("DbDeleteDevicePipeProperty", .devicePipe),
        deleteAllProperties("DbDeleteAllDevicePipeProperty", .devicePipe),
        deleteItem("DbDeleteDevicePipe", .devicePipe),
        listItems("DbGetDevicePipeList", .devicePipe),
        putItems("DbPutClassPipeProperty", .classPipe),
        getItems("DbGetClassPipeProperty", .classPipe),
        deleteProperties("DbDeleteClassPipeProperty", .classPipe),
        deleteItem("DbDeleteClassPipe", .classPipe),
        listItems("DbGetClassPipeList", .classPipe),
    ]
}

extension DatabaseCommand {
    static let attributePropertyCommands = [
        putSingleValues("DbPutDeviceAttributeProperty", .deviceAttribute),
        putItems("DbPutDeviceAttributeProperty2", .deviceAttribute),
        getSingleValues("DbGetDeviceAttributeProperty", .deviceAttribute),
        getItems("DbGetDeviceAttributeProperty2", .deviceAttribute),
        deleteProperties("DbDeleteDeviceAttributeProperty", .deviceAttribute),
        deleteAllProperties("DbDeleteAllDeviceAttributeProperty", .deviceAttribute),
        deleteItem("DbDeleteDeviceAttribute", .deviceAttribute),
        listItems("DbGetDeviceAttributeList", .deviceAttribute),
        putSingleValues("DbPutClassAttributeProperty", .classAttribute),
        putItems("DbPutClassAttributeProperty2", .classAttribute),
        getSingleValues("DbGetClassAttributeProperty", .classAttribute),
        getItems("DbGetClassAttributeProperty2", .classAttribute),
        deleteProperties("DbDeleteClassAttributeProperty", .classAttribute),
        deleteItem("DbDeleteClassAttribute", .classAttribute),
        listItems("DbGetClassAttributeList", .classAttribute),
    ]
}

package io.deltaflow.source.mongo;

class MongoContractTest extends MongoContract {
  @Override
  TestMongo server() {
    return TestServer.get();
  }
}

package io.deltaflow.source.mongo;

class MongoReadsTest extends MongoReads {
  @Override
  TestMongo server() {
    return TestServer.get();
  }
}

package io.deltaflow.emulator;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers gRPC calls, without encryption. */
final class GrpcFront implements AutoCloseable {
  private final Server server;
  private final ExecutorService threads;

  GrpcFront(InetSocketAddress address, BindableService service) throws IOException {
    this.threads = Executors.newCachedThreadPool(Threads.daemon("emulator-grpc"));
    this.server =
        NettyServerBuilder.forAddress(address)
            .executor(threads)
            .addService(service)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    Threads.stop(threads);
  }
}

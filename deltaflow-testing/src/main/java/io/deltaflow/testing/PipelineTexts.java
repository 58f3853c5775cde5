package io.deltaflow.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.xerial.snappy.SnappyInputStream;

/** All that a pipeline holds when it is sent to a runner, for finding what must not be there. */
public final class PipelineTexts {
  private PipelineTexts() {}

  /**
   * The pipeline's bytes, and those of every payload that is packed in them; each as text of one
   * character per byte.
   */
  public static List<String> of(RunnerApi.Pipeline pipeline) throws IOException {
    List<String> texts = new ArrayList<>();
    texts.add(pipeline.toByteString().toString(StandardCharsets.ISO_8859_1));
    for (RunnerApi.PTransform transform : pipeline.getComponents().getTransformsMap().values()) {
      ByteString payload = transform.getSpec().getPayload();
      if (transform.getSpec().getUrn().equals("beam:transform:pardo:v1")) {
        payload = RunnerApi.ParDoPayload.parseFrom(payload).getDoFn().getPayload();
        texts.add(unpacked(payload));
      }
    }
    for (RunnerApi.Coder coder : pipeline.getComponents().getCodersMap().values()) {
      texts.add(coder.getSpec().getPayload().toString(StandardCharsets.ISO_8859_1));
    }
    return texts;
  }

  /** Beam serializes a DoFn and packs it. */
  private static String unpacked(ByteString payload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SnappyInputStream in =
        new SnappyInputStream(new ByteArrayInputStream(payload.toByteArray()))) {
      in.transferTo(out);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}

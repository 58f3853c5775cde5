package io.deltaflow.template;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that compilers do not check. */
final class ArchitectureTest {
  private static JavaClasses all;

  @BeforeAll
  static void readClasses() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.deltaflow");
  }

  @Test
  void everyModuleIsLookedAt() {
    Set<String> packages = all.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

    assertThat(packages)
        .contains(
            "io.deltaflow",
            "io.deltaflow.spi",
            "io.deltaflow.fault",
            "io.deltaflow.internal",
            "io.deltaflow.source.mongo",
            "io.deltaflow.transform",
            "io.deltaflow.source.postgres",
            "io.deltaflow.source.bigquery",
            "io.deltaflow.secrets.google",
            "io.deltaflow.destination.bigquery",
            "io.deltaflow.emulator",
            "io.deltaflow.testing",
            "io.deltaflow.template");
  }

  @Test
  void sourcesDependOnNoOtherSource() {
    slices()
        .matching("io.deltaflow.source.(*)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true)
        .check(all);
  }

  @Test
  void sourcesDependOnNeitherDestinationNorTemplate() {
    noClasses()
        .that()
        .resideInAPackage("io.deltaflow.source..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.deltaflow.destination..",
            "io.deltaflow.template..",
            "io.deltaflow.cli..",
            "io.deltaflow.emulator..",
            "io.deltaflow.testing..")
        .check(all);
  }

  @Test
  void theDestinationDependsOnNoSource() {
    noClasses()
        .that()
        .resideInAPackage("io.deltaflow.destination..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.deltaflow.source..", "io.deltaflow.template..", "io.deltaflow.emulator..")
        .check(all);
  }

  @Test
  void coreKnowsNoConnectorAndNoDriver() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.deltaflow",
            "io.deltaflow.spi..",
            "io.deltaflow.fault",
            "io.deltaflow.internal..",
            "io.deltaflow.transform",
            "io.deltaflow.destination")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.deltaflow.source..",
            "io.deltaflow.destination.bigquery..",
            "io.deltaflow.emulator..",
            "io.deltaflow.template..",
            "org.postgresql..",
            "com.mongodb..",
            "org.bson..",
            "java.sql..",
            "com.google.cloud..",
            "com.google.api..")
        .check(all);
  }

  /** It was compiled to another type in earlier releases, with which our jars would not link. */
  @Test
  void beamsGetterOfNullabilityIsNotCalled() {
    noClasses()
        .should()
        .callMethod(Schema.FieldType.class, "getNullable")
        .because("FieldTypes.isNullable links with all releases of Beam from 2.62.0 on")
        .check(all);
  }

  @Test
  void stepsOnRowsKnowNeitherEngineNorDestination() {
    noClasses()
        .that()
        .resideInAPackage("io.deltaflow.transform")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.deltaflow.internal..", "io.deltaflow.destination..", "io.deltaflow.fault..")
        .check(all);
  }

  @Test
  void onlyOneFamilyOfClassesKnowsTheExpressionLanguage() {
    noClasses()
        .that()
        .haveNameNotMatching("io\\.deltaflow\\.transform\\.Cel.*")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.cel..")
        .check(all);
  }

  @Test
  void nobodyOutsideUsesTheInternalPackage() {
    // io.deltaflow is the front door of the same module.
    noClasses()
        .that()
        .resideOutsideOfPackages("io.deltaflow", "io.deltaflow.internal..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.deltaflow.internal..")
        .check(all);
  }

  @Test
  void nobodyReadsThisMachinesClockButThroughTheOneThatTestsShift() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.deltaflow",
            "io.deltaflow.internal..",
            "io.deltaflow.transform",
            "io.deltaflow.destination..",
            "io.deltaflow.source..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(all);
  }

  @Test
  void theSpiShowsOnlyBeamCoreAndTheJdk() {
    DescribedPredicate<JavaClass> allowed =
        resideInAnyPackage(
                "io.deltaflow.spi..", "org.apache.beam.sdk..", "java..", "javax.net.ssl..")
            .and(DescribedPredicate.not(resideInAPackage("org.apache.beam.sdk.io.gcp..")))
            .or(
                DescribedPredicate.describe(
                    "primitives", c -> c.getBaseComponentType().isPrimitive()));

    noClasses()
        .that()
        .resideInAPackage("io.deltaflow.spi..")
        .should()
        .dependOnClassesThat(DescribedPredicate.not(allowed))
        .check(all);
  }

  @Test
  void librariesWriteNothingToTheStandardStreams() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.deltaflow",
            "io.deltaflow.spi..",
            "io.deltaflow.fault",
            "io.deltaflow.internal..",
            "io.deltaflow.transform",
            "io.deltaflow.source..",
            "io.deltaflow.destination..",
            "io.deltaflow.emulator..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(all);
  }
}

/** Flags in, a launched run out: what the Flex Template and the command line share. */
package io.deltaflow.template;

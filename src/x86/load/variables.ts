/** An image as a thread finds it that runs in the middle of a program. */
import { PAGE, pageDown, type Image, type ImageRegion } from './image.js';

/** What a linker has filled in, and nobody changes. */
const isFixed = ({ name, writable }: ImageRegion): boolean => !writable || name === '.got' || name === 'thread';

/** The image without the contents of its variables: they hold what others have written, and nothing is known of them. */
export function withoutVariables(image: Image): Image {
  const variables = image.regions.filter((one) => !isFixed(one));
  if (variables.length === 0) return image;
  const outside = new Map(image.outside);
  for (const region of variables) {
    for (let page = pageDown(region.address); page < region.address + region.size; page += PAGE)
      outside.set(page, `the variables at 0x${page.toString(16)}`);
  }
  return { ...image, regions: image.regions.filter(isFixed), outside };
}

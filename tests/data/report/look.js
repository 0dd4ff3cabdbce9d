// How light each cell of a grid over a picture is, from 0 to 15, a row a line.
const CELL = 20;
addEventListener("load", () => {
  const picture = document.querySelector("img");
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const rows = [];
  for (let top = 0; top + CELL <= canvas.height; top += CELL) {
    let row = "";
    for (let left = 0; left + CELL <= canvas.width; left += CELL) {
      let sum = 0;
      for (let y = top; y < top + CELL; y++)
        for (let x = left; x < left + CELL; x++) {
          const at = 4 * (y * canvas.width + x);
          sum += 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
        }
      row += Math.round(15 * sum / (CELL * CELL * 255)).toString(16);
    }
    rows.push(row);
  }
  document.getElementById("result").textContent = JSON.stringify(rows);
});
